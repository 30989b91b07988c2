"""An application until it is submitted: pages, answers, circumstances, payee, house."""
