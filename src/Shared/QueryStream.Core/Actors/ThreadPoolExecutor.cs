using System.Security.Cryptography;

namespace QueryStream.Core.Actors;

/// <summary>Runs actors on .NET's thread pool, whose work stealing keeps all cores busy with the turns that are due.</summary>
/// <param name="time">The clock.</param>
/// <param name="unhandled">Told of defects: an actor that threw while it was told of its own fault.</param>
public sealed class ThreadPoolExecutor(TimeProvider time, Action<string, Exception> unhandled) : Executor, IDisposable
{
    private readonly CancellationTokenSource _shutdown = new();

    /// <inheritdoc/>
    public override TimeProvider Time => time;

    /// <inheritdoc/>
    public override ulong NextRandom()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>Asks all I/O that actors have started to give up.</summary>
    public void Dispose()
    {
        _shutdown.Cancel();
        _shutdown.Dispose();
    }

    /// <inheritdoc/>
    protected internal override void Schedule(IActorTurn turn) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Run(), turn, preferLocal: false);

    /// <inheritdoc/>
    protected internal override void StartIo(Func<CancellationToken, Task> work, Action<Exception?> completed)
    {
        CancellationToken cancellationToken = _shutdown.Token;

        // Not lost: the continuation reports every outcome to the actor that asked.
        _ = RunAsync();

        async Task RunAsync()
        {
            Exception? failure = null;
            try
            {
                await Task.Run(() => work(cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure = e;
            }

            completed(failure);
        }
    }

    /// <inheritdoc/>
    protected internal override void Unhandled(string actor, Exception exception) => unhandled(actor, exception);
}
