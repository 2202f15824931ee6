// SPDX-License-Identifier: Apache-2.0

// The CloudEvents SDK for Go sends to the broker and receives from it:
//
//	cloudevents-go <millrace-broker>
//
// Starts a broker of its own on a loopback port and stops it at the end.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
)

const (
	startMax   = 30 * time.Second
	receiveMax = 20 * time.Second
	group      = "eventing.knative.dev"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}

// receive starts a receiver on a free port; what comes goes into the channel, after reply's answer.
func receive(ctx context.Context, reply func(cloudevents.Event) *cloudevents.Event) (string, chan cloudevents.Event) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	protocol, err := cloudevents.NewHTTP(cloudevents.WithListener(listener))
	check(err)
	client, err := cloudevents.NewClient(protocol)
	check(err)
	events := make(chan cloudevents.Event, 100)
	go func() {
		check(client.StartReceiver(ctx, func(event cloudevents.Event) (*cloudevents.Event, cloudevents.Result) {
			events <- event
			return reply(event), cloudevents.ResultACK
		}))
	}()
	return "http://" + listener.Addr().String() + "/", events
}

func writeObject(state, plural, kind, name string, spec any) {
	folder := filepath.Join(state, "objects", plural+"."+group, "default")
	check(os.MkdirAll(folder, 0o700))
	text, err := json.Marshal(map[string]any{
		"apiVersion": group + "/v1", "kind": kind, "spec": spec,
		"metadata": map[string]string{"name": name, "namespace": "default"},
	})
	check(err)
	check(os.WriteFile(filepath.Join(folder, name+".yaml"), text, 0o600))
}

// startBroker returns the process and the broker's address once it is ready.
func startBroker(program, state string) (*exec.Cmd, string) {
	addressFile := filepath.Join(state, "address.json")
	command := exec.Command(program, "--state", state, "--address-file", addressFile, "--log-level", "warn")
	command.Stderr = os.Stderr
	check(command.Start())
	for deadline := time.Now().Add(startMax); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(addressFile)
		if err != nil {
			continue
		}
		var address struct{ URL string }
		check(json.Unmarshal(text, &address))
		answer, err := http.Get(address.URL + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return command, address.URL + "/default/default"
		}
	}
	check(fmt.Errorf("the broker did not start"))
	return nil, ""
}

// sample has plain ASCII attributes: this SDK does not percent-encode headers (HTTP binding 3.1.3.2).
func sample(id string) cloudevents.Event {
	event := cloudevents.NewEvent()
	event.SetID(id)
	event.SetSource("/go")
	event.SetType("sample")
	event.SetSubject("web/01")
	event.SetTime(time.Date(2026, 11, 22, 10, 3, 53, 472846000, time.UTC))
	event.SetExtension("vmname", "web-01")
	check(event.SetData(cloudevents.ApplicationJSON, map[string]any{"text": "Grüße", "number": 7}))
	return event
}

func next(events chan cloudevents.Event) cloudevents.Event {
	select {
	case event := <-events:
		return event
	case <-time.After(receiveMax):
		check(fmt.Errorf("no event arrived"))
		return cloudevents.Event{}
	}
}

func same(got, want cloudevents.Event) error {
	if got.String() != want.String() {
		return fmt.Errorf("arrived as\n%v\ninstead of\n%v", got, want)
	}
	return got.Validate()
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	asked, questions := receive(ctx, func(event cloudevents.Event) *cloudevents.Event {
		answer := sample("re-" + event.ID())
		answer.SetType("answer")
		return &answer
	})
	heard, answers := receive(ctx, func(cloudevents.Event) *cloudevents.Event { return nil })
	state, err := os.MkdirTemp("", "millrace-go-")
	check(err)
	defer os.RemoveAll(state)
	filter := func(kind, url string) map[string]any {
		return map[string]any{
			"broker": "default", "subscriber": map[string]string{"uri": url},
			"filter": map[string]any{"attributes": map[string]string{"type": kind}},
		}
	}
	writeObject(state, "brokers", "Broker", "default", map[string]any{})
	writeObject(state, "triggers", "Trigger", "ask", filter("sample", asked))
	writeObject(state, "triggers", "Trigger", "hear", filter("answer", heard))
	broker, url := startBroker(os.Args[1], state)
	client, err := cloudevents.NewClientHTTP()
	check(err)
	passed := 0
	for _, mode := range []string{"binary", "structured"} {
		sending := cloudevents.ContextWithTarget(ctx, url)
		if mode == "structured" {
			sending = cloudevents.WithEncodingStructured(sending)
		}
		event := sample(mode)
		if result := client.Send(sending, event); !cloudevents.IsACK(result) {
			check(fmt.Errorf("%s: %w", mode, result))
		}
		check(same(next(questions), event))
		answer := sample("re-" + mode)
		answer.SetType("answer")
		check(same(next(answers), answer))
		passed += 2
	}
	check(broker.Process.Signal(syscall.SIGTERM))
	check(broker.Wait())
	fmt.Printf("%d passed, 0 failed\n", passed)
}
