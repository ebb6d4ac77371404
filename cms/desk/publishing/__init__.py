"""The way to readers: preview, the publish dialog, the receipt."""
