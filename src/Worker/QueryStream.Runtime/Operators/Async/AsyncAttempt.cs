namespace QueryStream.Runtime.Operators.Async;

/// <summary>
/// One call of an asynchronous function. It runs outside of the task, which looks at <see cref="Answer"/> when it has been told of the end;
/// an attempt that has been given up answers to nobody.
/// </summary>
/// <typeparam name="TIn">What is asked for.</typeparam>
/// <typeparam name="TOut">The answer.</typeparam>
/// <param name="function">Asks.</param>
/// <param name="row">What is asked for.</param>
internal sealed class AsyncAttempt<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> function, TIn row)
{
    // Never disposed: it has no timer, and may be cancelled while the function ends.
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The answer, once <see cref="RunAsync"/> has succeeded.</summary>
    public TOut Answer { get; private set; } = default!;

    /// <summary>Calls the function.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration shutdown = cancellationToken.Register(_cancellation.Cancel);
        Answer = await function(row, _cancellation.Token).ConfigureAwait(false);
    }

    /// <summary>Asks the function to give up, and calls what it has registered for that.</summary>
    public void Cancel() => _cancellation.Cancel();
}
