"""Accounts and sign-in at Cognito."""
