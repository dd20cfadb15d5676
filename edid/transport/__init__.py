"""One contract for reaching a partner, several ways to do it."""
