"""From vectors to calibrated probabilities, lanes and reasons."""
