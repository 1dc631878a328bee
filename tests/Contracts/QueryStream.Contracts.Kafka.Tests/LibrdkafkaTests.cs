using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

// The contracts, kept by librdkafka with a real broker.

[NeedsKafka]
public sealed class LibrdkafkaAdminTests(SharedBrokerFixture broker)
    : AdminContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaProducerTests(SharedBrokerFixture broker)
    : ProducerContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaReaderTests(SharedBrokerFixture broker)
    : ReaderContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaSinkTests(SharedBrokerFixture broker)
    : SinkContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaTransactionTests(SharedBrokerFixture broker)
    : TransactionContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaExactlyOnceSinkTests(SharedBrokerFixture broker)
    : ExactlyOnceSinkContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>
{
    protected override int StepsBetweenFaults => 3;
}

[NeedsKafka]
public sealed class LibrdkafkaSourceReadingTests(SharedBrokerFixture broker)
    : SourceReadingContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaSourceStartTests(SharedBrokerFixture broker)
    : SourceStartContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;

[NeedsKafka]
public sealed class LibrdkafkaSourceTopicChangeTests(SharedBrokerFixture broker)
    : SourceTopicChangeContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>;
