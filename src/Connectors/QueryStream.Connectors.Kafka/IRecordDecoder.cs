namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Makes rows of records. Each subtask has its own instance and calls it on one thread, so a decoder may keep buffers and
/// dictionaries. Called once a record: it should allocate nothing, and it must not throw for what a record may contain.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface IRecordDecoder<T>
{
    /// <summary>Decodes a record that has a value of at most <see cref="KafkaSourceOptions.MaxRecordBytes"/>.</summary>
    /// <param name="record">The record; its bytes must not be kept.</param>
    /// <param name="row">The row, where the result is <see cref="DecodeResult.Ok"/>.</param>
    DecodeResult Decode(in KafkaRecord record, out T row);
}
