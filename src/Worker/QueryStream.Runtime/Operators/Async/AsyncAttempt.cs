namespace QueryStream.Runtime.Operators.Async;

/// <summary>
/// One attempt of a call. It runs outside of the task's turns; a turn reads <see cref="Answer"/> after the attempt has ended. The answer of an
/// attempt that has timed out is ignored.
/// </summary>
/// <typeparam name="TIn">The row.</typeparam>
/// <typeparam name="TOut">The answer.</typeparam>
/// <param name="function">The function.</param>
/// <param name="row">The row.</param>
internal sealed class AsyncAttempt<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> function, TIn row)
{
    // Not disposed: it has no timer, and it may be cancelled at the moment when the function ends.
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The answer, once <see cref="RunAsync"/> has succeeded.</summary>
    public TOut Answer { get; private set; } = default!;

    /// <summary>Calls the function.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration shutdown = cancellationToken.Register(_cancellation.Cancel);
        Answer = await function(row, _cancellation.Token).ConfigureAwait(false);
    }

    /// <summary>Cancels the function's token, which runs the callbacks that are registered with it.</summary>
    public void Cancel() => _cancellation.Cancel();
}
