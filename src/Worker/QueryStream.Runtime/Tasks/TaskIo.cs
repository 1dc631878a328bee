using QueryStream.Core.Actors;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// Asynchronous work of a task. It runs outside of turns, and its result is handled in a turn. Used in turns of the task, except
/// for <see cref="Wake"/> and <see cref="Fail"/>.
/// </summary>
internal sealed class TaskIo
{
    private readonly CancellationTokenSource _closing = new();
    private ActorCell<TaskMessage>? _self;

    /// <summary>The number of running operations of connectors. The task closes its connectors when it is 0.</summary>
    public int Running { get; private set; }

    /// <summary>Called when <see cref="Running"/> becomes 0 while the task closes.</summary>
    public Action? OnIdle { get; set; }

    /// <summary>Sets the task's own address.</summary>
    public void Attach(ActorCell<TaskMessage> self) => _self = self;

    /// <summary>Starts work that the task need not wait for when it closes.</summary>
    /// <param name="work">Runs outside of turns.</param>
    /// <param name="completed">Called in a turn with what the work threw, or null; not if the task has ended before.</param>
    public void Start(Func<CancellationToken, Task> work, Action<Exception?> completed) =>
        _self!.Start(work, failure => TaskMessage.Call(() => completed(failure)));

    /// <summary>
    /// Starts work of a connector. Its token is cancelled when the task closes, and the task waits until the work has ended before it closes its
    /// connectors.
    /// </summary>
    /// <param name="work">Runs outside of turns.</param>
    /// <param name="completed">Called in a turn, unless the task closes before.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed)
    {
        Running++;
        CancellationToken closing = _closing.Token;
        _self!.Start(
            async cancellationToken =>
            {
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing);
                return await work(either.Token).ConfigureAwait(false);
            },
            result => TaskMessage.Call(() => End(result, completed)));
    }

    /// <summary>64 random bits, from the executor so that a simulation replays them.</summary>
    public ulong NextRandom() => _self!.Executor.NextRandom();

    /// <summary>Gives the task a turn. Safe on any thread.</summary>
    public void Wake() => _self!.Tell(TaskMessage.Wake);

    /// <summary>Fails the task. Safe on any thread.</summary>
    public void Fail(string operatorName, Exception exception) =>
        _self!.Tell(TaskMessage.Call(() => throw new OperatorFailure(operatorName, exception)));

    /// <summary>The task closes: cancels the work of connectors.</summary>
    public void Close() => _closing.Cancel();

    private void End<T>(in IoResult<T> result, Action<IoResult<T>> completed)
    {
        Running--;
        if (!_closing.IsCancellationRequested)
        {
            completed(result);
        }
        else if (Running == 0)
        {
            OnIdle?.Invoke();
        }
    }
}
