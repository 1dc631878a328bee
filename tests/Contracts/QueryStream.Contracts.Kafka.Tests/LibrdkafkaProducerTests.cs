using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

[NeedsKafka]
[Collection(BrokerCollection.Name)]
public sealed class LibrdkafkaProducerTests(BrokerFixture broker) : ProducerContract(new RealSubject(broker.Server!));
