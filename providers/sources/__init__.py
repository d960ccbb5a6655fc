"""Where intents can come from: read from outside, never written to."""
