namespace QueryStream.Runtime.Tests.Async;

/// <summary>Answers calls of an asynchronous function when the test wants it, on the test's thread.</summary>
/// <typeparam name="TIn">What is asked for.</typeparam>
/// <typeparam name="TOut">The answers.</typeparam>
internal sealed class Asker<TIn, TOut>
{
    private readonly List<(TIn Row, TaskCompletionSource<TOut> Answer)> _pending = [];

    /// <summary>What is asked for and has no answer, in the order in which it was asked for.</summary>
    public IReadOnlyList<TIn> Pending => [.. _pending.Select(call => call.Row)];

    /// <summary>All that was asked for so far.</summary>
    public List<TIn> Asked { get; } = [];

    /// <summary>How many calls were given up.</summary>
    public int Cancelled { get; private set; }

    /// <summary>The function.</summary>
    public Task<TOut> AskAsync(TIn row, CancellationToken cancellationToken)
    {
        TaskCompletionSource<TOut> answer = new();
        Asked.Add(row);
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

    /// <summary>Answers the oldest call for a row.</summary>
    public void Answer(TIn row, TOut answer) => Complete(_pending.FindIndex(call => Equals(call.Row, row)), pending => pending.SetResult(answer));

    /// <summary>Lets the oldest call for a row fail.</summary>
    public void Fail(TIn row, Exception exception) => Complete(_pending.FindIndex(call => Equals(call.Row, row)), pending => pending.SetException(exception));

    /// <summary>Answers a call, or lets it fail where that gives an exception.</summary>
    public void AnswerAt(int index, Func<TIn, (TOut Answer, Exception? Failure)> answer)
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

    // Without the test's synchronization context, so that what waits goes on here and now and not on the thread pool.
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
