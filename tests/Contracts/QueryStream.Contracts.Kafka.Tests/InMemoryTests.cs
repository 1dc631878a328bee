namespace QueryStream.Contracts.Kafka.Tests;

// The contracts, kept by Kafka in memory.

public sealed class InMemoryAdminTests() : AdminContract(new InMemorySubject());

public sealed class InMemoryProducerTests() : ProducerContract(new InMemorySubject());

public sealed class InMemoryReaderTests() : ReaderContract(new InMemorySubject());

public sealed class InMemorySinkTests() : SinkContract(new InMemorySubject());

public sealed class InMemoryTransactionTests() : TransactionContract(new InMemorySubject());

public sealed class InMemoryExactlyOnceSinkTests() : ExactlyOnceSinkContract(new InMemorySubject());

public sealed class InMemorySourceReadingTests() : SourceReadingContract(new InMemorySubject());

public sealed class InMemorySourceStartTests() : SourceStartContract(new InMemorySubject());

public sealed class InMemorySourceTopicChangeTests() : SourceTopicChangeContract(new InMemorySubject());
