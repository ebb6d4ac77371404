// Every page of the desk but the writing screen: the palette, keys, and what each page has to be brought to life.
import { setSprite } from "./desk/dom";
import { edges } from "./desk/edges";
import { activity } from "./room/activity";
import { keys } from "./room/keys";
import { list } from "./room/list";
import { handy, menus } from "./room/menu";
import { order } from "./room/order";
import { palette } from "./room/palette";
import { preview } from "./room/preview";
import { shaper } from "./room/shaper";
import { suggest } from "./room/suggest";
import { system } from "./room/system";
import { upload } from "./room/upload";

const icons = document.body.dataset["icons"];
if (icons) {
  setSprite(icons);
  const open = palette();
  keys(open);
  list();
  activity();
  system();
  upload();
  suggest();
  order();
  menus();
  handy();
  preview();
  shaper();
  document.querySelectorAll<HTMLElement>(".list-menu, .tabs").forEach(edges);
}
