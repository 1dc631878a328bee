using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>What sources and sinks do alike when they are opened.</summary>
internal static class Opening
{
    /// <summary>Each question takes 8 s at most; all together get this long, so that an error comes within 10 s.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9);

    /// <summary>Does the work within the limit.</summary>
    /// <exception cref="ServiceUnavailableException">It took longer.</exception>
    public static async Task<TResult> InTimeAsync<TResult>(
        string address, TimeProvider time, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(address, $"no answer within {Limit.TotalSeconds} s", e);
        }
    }

    /// <summary>The error that people look for when Kafka is away.</summary>
    public static ServiceUnavailableException Unavailable(string address, string problem, Exception? innerException) => new(
        "Kafka", address, $"Kafka not available at {address} ({problem}); setting --kafka or KAFKA_BOOTSTRAP_SERVERS", innerException);
}
