namespace QueryStream.Runtime.Tests.Async;

/// <summary>An asynchronous function whose calls the test completes, on its thread.</summary>
/// <typeparam name="TIn">The arguments.</typeparam>
/// <typeparam name="TOut">The results.</typeparam>
internal sealed class ManualCalls<TIn, TOut>
{
    private readonly List<(TIn Row, TaskCompletionSource<TOut> Answer)> _pending = [];

    /// <summary>The arguments of pending calls, in the order of the calls.</summary>
    public IReadOnlyList<TIn> Pending => [.. _pending.Select(call => call.Row)];

    /// <summary>The arguments of all calls so far.</summary>
    public List<TIn> Arguments { get; } = [];

    /// <summary>The number of cancelled calls.</summary>
    public int Cancelled { get; private set; }

    /// <summary>The function.</summary>
    public Task<TOut> CallAsync(TIn row, CancellationToken cancellationToken)
    {
        TaskCompletionSource<TOut> answer = new();
        Arguments.Add(row);
        _pending.Add((row, answer));
        cancellationToken.Register(() =>
        {
            if (_pending.RemoveAll(call => call.Answer == answer) > 0)
            {
                Cancelled++;
                answer.SetCanceled(cancellationToken);
            }
        });
        return answer.Task;
    }

    /// <summary>Completes the oldest call for a row.</summary>
    public void Answer(TIn row, TOut answer) => Complete(_pending.FindIndex(call => Equals(call.Row, row)), pending => pending.SetResult(answer));

    /// <summary>Fails the oldest call for a row.</summary>
    public void Fail(TIn row, Exception exception) =>
        Complete(_pending.FindIndex(call => Equals(call.Row, row)), pending => pending.SetException(exception));

    /// <summary>Completes a call, or fails it if there is an exception.</summary>
    public void CompleteAt(int index, Func<TIn, (TOut Answer, Exception? Failure)> answer)
    {
        (TOut result, Exception? failure) = answer(_pending[index].Row);
        Complete(index, pending =>
        {
            if (failure is null)
            {
                pending.SetResult(result);
            }
            else
            {
                pending.SetException(failure);
            }
        });
    }

    // Without the test's synchronization context, continuations run synchronously here and not on the thread pool.
    private void Complete(int index, Action<TaskCompletionSource<TOut>> complete)
    {
        TaskCompletionSource<TOut> answer = _pending[index].Answer;
        _pending.RemoveAt(index);
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        complete(answer);
        SynchronizationContext.SetSynchronizationContext(context);
    }
}
