using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

[NeedsKafka]
[Collection(BrokerCollection.Name)]
public sealed class LibrdkafkaSourceTests(BrokerFixture broker) : SourceContract(new RealSubject(broker.Server!));
