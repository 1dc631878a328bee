#pragma warning disable RS0030 // This is where production's time, chance and threads come from; everything else gets them from here.
using System.Security.Cryptography;

namespace QueryStream.Core.Actors;

/// <summary>Runs actors on .NET's thread pool; its work stealing keeps all cores busy.</summary>
public sealed class ThreadPoolExecutor : Executor, IDisposable
{
    private readonly Action<string, Exception> _unhandled;
    private readonly CancellationTokenSource _shutdown = new();

    // A copy, since an actor may still start I/O after the disposal; that I/O must then end as cancelled.
    private readonly CancellationToken _shutdownToken;

    /// <summary>Creates an executor.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="unhandled">Called on any thread for defects: an actor threw while it handled its own fault.</param>
    public ThreadPoolExecutor(TimeProvider time, Action<string, Exception> unhandled)
    {
        Time = time;
        _unhandled = unhandled;
        _shutdownToken = _shutdown.Token;
    }

    /// <inheritdoc/>
    public override TimeProvider Time { get; }

    /// <inheritdoc/>
    public override ulong NextRandom()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>Cancels all I/O that actors have started and will start. Actors keep running.</summary>
    public void Dispose()
    {
        if (!_shutdownToken.IsCancellationRequested)
        {
            _shutdown.Cancel();
            _shutdown.Dispose();
        }
    }

    /// <inheritdoc/>
    protected internal override void Schedule(IActorTurn turn) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Run(), turn, preferLocal: false);

    /// <inheritdoc/>
    protected internal override void StartIo(Func<CancellationToken, Task> work, Action<Exception?> completed)
    {
        // The task needs no observer: RunAsync reports every outcome to the actor, and a failure to do so as a defect.
        _ = RunAsync();

        async Task RunAsync()
        {
            Exception? failure = null;
            try
            {
                await Task.Run(() => work(_shutdownToken), _shutdownToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure = e;
            }

            try
            {
                completed(failure);
            }
            catch (Exception e)
            {
                Unhandled("completion of I/O", failure is null ? e : new AggregateException(failure, e));
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Unhandled(string actor, Exception exception) => _unhandled(actor, exception);
}
