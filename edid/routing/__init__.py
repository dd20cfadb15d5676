"""Where an incoming invoice goes, or why it is kept back."""
