namespace QueryStream.Connectors.Kafka;

/// <summary>Makes the Kafka record of a row. Called on one thread a subtask, once a row; it should allocate nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="record">Takes the record's bytes.</param>
public delegate void KafkaSerializer<T>(in T row, KafkaRecordBuilder record);
