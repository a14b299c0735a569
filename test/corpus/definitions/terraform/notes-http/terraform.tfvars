issuer = "https://login.example.com/"
