"""Writes docs/evaluation-report.md and its pictures: ``make report``."""
