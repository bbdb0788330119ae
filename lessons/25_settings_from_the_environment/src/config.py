# Public: checkout.js shows it to every browser.
RAZORPAY_KEY_ID = "rzp_live_Kq7NfZ2bWm4XtA"
RAZORPAY_WEBHOOK_SECRET = "whsec-52c1f0e7a94b4d0c8f36e17b20c59ad4"
CHECKOUT_MINUTES = 15

PUBLIC_URL = "https://docfliq.example.org"
