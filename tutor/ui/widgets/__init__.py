"""The pieces that screens are put together from. Widgets know what they show, not where it came from."""
