"""This report and nothing else: chapters, findings, figures and their text alternatives."""
