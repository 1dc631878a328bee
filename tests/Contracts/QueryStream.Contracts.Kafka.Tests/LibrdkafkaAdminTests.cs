using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

[NeedsKafka]
[Collection(BrokerCollection.Name)]
public sealed class LibrdkafkaAdminTests(BrokerFixture broker) : AdminContract(new RealSubject(broker.Server!));
