using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Redis as a sink.</summary>
internal sealed class RedisSink<T>(string name, RedisAddress? address, RedisSinkOptions options, Func<RedisEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) =>
        new RedisSinkWriter<T>(new RedisPump(context, name, address, options), name, encoder(), context);
}

/// <summary>Encodes rows as upserts, and passes them to the pump.</summary>
internal sealed class RedisSinkWriter<T>(RedisPump pump, string name, RedisEncoder<T> encoder, SinkContext context) : ISinkWriter<T>
{
    private readonly RedisUpsert[] _upserts = new RedisUpsert[Batch.MaxRows];

    public bool IsFull => pump.IsFull;

    public bool IsFlushed => pump.IsFlushed;

    public Task OpenAsync(CancellationToken cancellationToken) => pump.OpenAsync(cancellationToken);

    public void Write(Batch<T> batch)
    {
        // If the job's code throws, nothing of the batch is written. The outbox copies the bytes of texts, so the batch can be reused.
        ReadOnlySpan<T> rows = batch.Rows;
        int count = 0;
        for (context.Row = 0; context.Row < rows.Length; context.Row++)
        {
            if (!encoder.TryEncode(rows[context.Row], out _upserts[count]))
            {
                continue;
            }

            ref readonly RedisUpsert upsert = ref _upserts[count++];
            if (upsert.Key.IsMissingOrEmpty || (!upsert.Value.HasValue && !upsert.IsDelete))
            {
                ThrowIncomplete(upsert);
            }
        }

        Span<RedisUpsert> made = _upserts.AsSpan(0, count);
        pump.Write(made);
        made.Clear();
        if (count < rows.Length)
        {
            // Rows without a write are done.
            context.Acknowledged(rows.Length - count);
        }
    }

    public void Flush() => pump.Flush();

    public ValueTask DisposeAsync()
    {
        encoder.Dispose();
        return pump.DisposeAsync();
    }

    private void ThrowIncomplete(in RedisUpsert row) => throw new JobDefinitionException(
        row.Key.IsMissingOrEmpty
            ? $"The function of Redis sink '{name}' returned a row without a key: every row needs one."
            : $"The function of Redis sink '{name}' returned a row without a value for key '{row.Key}': every row needs one, which may be empty.");
}
