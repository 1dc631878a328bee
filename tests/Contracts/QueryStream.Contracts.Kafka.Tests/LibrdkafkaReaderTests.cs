using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

[NeedsKafka]
[Collection(BrokerCollection.Name)]
public sealed class LibrdkafkaReaderTests(BrokerFixture broker) : ReaderContract(new RealSubject(broker.Server!));
