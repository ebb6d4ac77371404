"""The demo newspaper's pictures, drawn with Pillow alone."""
