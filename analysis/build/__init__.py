"""Inputs, execution of notebooks, and putting the finished book in place."""
