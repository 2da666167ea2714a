"""The whole service on LINE, with real processes that are killed."""
