"""The screens, each with its styles in the .tcss file beside it."""
