"""/media/<sha256>/<rendition>: public pictures only, and only as long as they are public."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from cms.site.answers import SECURITY, UNREADABLE, redirected, unavailable
from cms.site.renditions import KINDS, Renditions, Unreadable, named
from views import pictures
from views.shapes import Gone

if TYPE_CHECKING:
    from cms.site.routes import Site

KEPT = 3_600  # seconds: a picture taken down leaves every cache within the hour, and at once where it is purged
_SHA256 = re.compile(r"[0-9a-f]{64}")


def install(app: Flask, site: Site) -> None:
    made = Renditions(site.daybook.settings.renditions)

    @app.get("/media/<sha256>/<name>", endpoint="site.picture")
    def picture(sha256: str, name: str) -> Response:
        try:
            visit = site.visit(request.path)
            rendition = named(name) if _SHA256.fullmatch(sha256) else None
            image = visit.reader.image(sha256) if rendition else None
            if rendition is None or image is None:
                return site.missing(visit)
            if isinstance(image, Gone):
                return site.message(visit, 410, "picture_gone.html", gone=image)
            if rendition.shape and pictures.cut(image, rendition.shape) != name.split("-", 2)[2].rpartition(".")[0]:
                # Cut otherwise than today: nobody may fill the disk with every cut there is.
                return redirected(pictures.address(image, rendition.width, rendition.shape, rendition.format), 302)
            file = made.file(site.daybook.media.path(sha256), sha256, rendition)
        except UNREADABLE:
            return unavailable(site.templates)
        except Unreadable as error:
            app.logger.warning("picture cannot be shown: %s", error)
            return site.missing(visit)
        answer = Response(file.read_bytes(), 200, [
            ("Content-Type", KINDS[rendition.format]), ("Cache-Control", f"public, max-age={KEPT}"),
            ("Surrogate-Key", f"image:{image.id}"), *SECURITY])
        answer.set_etag(f"{sha256[:16]}-{name}")
        answer.make_conditional(request)
        return answer
