// Command remit computes what a serverless application's owner must secure on
// AWS, where it falls short, and what an attacker could do with that.
package main

func main() {}
