using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>The time limit for opening sources and sinks.</summary>
internal static class OpenTimeout
{
    /// <summary>For all requests together, each of which may take 8 s, so that an error is reported within 10 s.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9);

    /// <summary>Runs work within the limit.</summary>
    /// <exception cref="ServiceUnavailableException">It took longer.</exception>
    public static async Task<TResult> RunAsync<TResult>(
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
            throw Unavailable(address, $"no response within {Limit.TotalSeconds} s", e);
        }
    }

    /// <summary>The error of a source or sink that cannot reach Kafka.</summary>
    public static ServiceUnavailableException Unavailable(string address, string problem, Exception? innerException) => new(
        "Kafka", address, $"Kafka not available at {address} ({problem}); setting --kafka or KAFKA_BOOTSTRAP_SERVERS", innerException);
}
