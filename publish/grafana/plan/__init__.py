"""What publishing would change in a Grafana: what is declared beside what is stored."""
