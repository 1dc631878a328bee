using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

[NeedsKafka]
[Collection(BrokerCollection.Name)]
public sealed class LibrdkafkaSinkTests(BrokerFixture broker) : SinkContract(new RealSubject(broker.Server!));
