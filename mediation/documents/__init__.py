"""The papers of a case (文书): what each must contain by law, and how it is set on the page."""
