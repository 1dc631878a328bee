using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Turns rows into upserts, and leaves the rest to the pump.</summary>
internal sealed class RedisSinkWriter<T>(RedisPump pump, string name, RedisEncoder<T> encoder, SinkContext context) : ISinkWriter<T>
{
    private readonly RedisUpsert[] _upserts = new RedisUpsert[Batch.MaxRows];

    public bool IsFull => pump.Outbox.IsFull;

    public bool IsFlushed => pump.Outbox.IsFlushed;

    public Task OpenAsync(CancellationToken cancellationToken) => pump.OpenAsync(cancellationToken);

    public void Write(Batch<T> batch)
    {
        // What the function makes of a row may have the row's texts, and waits in the outbox.
        batch.Detach();

        // The user's function runs outside of the outbox's lock, and a batch in which it throws is not taken over at all.
        ReadOnlySpan<T> rows = batch.Rows;
        int next = 0;
        try
        {
            for (; next < rows.Length; next++)
            {
                _upserts[next] = encoder.Encode(rows[next]);
                if (_upserts[next].Key.IsMissingOrEmpty || !_upserts[next].Value.HasValue)
                {
                    ThrowIncomplete(_upserts[next]);
                }
            }
        }
        catch (Exception) when (context.Blame(next))
        {
            // Blame never catches: it only notes the row.
            throw;
        }

        Span<RedisUpsert> made = _upserts.AsSpan(0, rows.Length);
        pump.Outbox.Add(made);
        made.Clear();
        pump.Signal();
    }

    public void Flush() => pump.RequestFlush();

    public ValueTask DisposeAsync()
    {
        encoder.Dispose();
        return pump.DisposeAsync();
    }

    private void ThrowIncomplete(in RedisUpsert row) => throw new JobDefinitionException(
        row.Key.IsMissingOrEmpty
            ? $"The function of Redis sink '{name}' has made a row without a key: every row needs one."
            : $"The function of Redis sink '{name}' has made a row without a value for key '{row.Key}': every row needs one, an empty text will do.");
}
