"""Planogram's core: intents in, plan out, plan carried out. It knows no platform."""
