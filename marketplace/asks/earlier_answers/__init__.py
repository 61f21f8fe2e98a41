"""Earlier answers: searched before an ask is sent, and counted where one is enough."""
