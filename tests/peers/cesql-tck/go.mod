module millrace.dev/tests/peers/cesql-tck

go 1.23.0

require github.com/cloudevents/sdk-go/sql/v2 v2.16.2
