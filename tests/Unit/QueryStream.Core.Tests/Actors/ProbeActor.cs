using QueryStream.Core.Actors;

namespace QueryStream.Core.Tests.Actors;

/// <summary>An actor that logs its calls, and runs delegates of the test.</summary>
internal sealed class ProbeActor : Actor<string>
{
    public List<string> Log { get; } = [];

    /// <summary>Called for each message, after it was logged.</summary>
    public Action<ProbeActor, string> OnMessage { get; init; } = (_, _) => { };

    /// <summary>Called in each turn; returns whether there is more work.</summary>
    public Func<ProbeActor, bool> OnWork { get; init; } = _ => false;

    public Action<ProbeActor> Starting { get; init; } = _ => { };

    public Action<ProbeActor> Stopping { get; init; } = _ => { };

    public Action<string> Dropping { get; init; } = _ => { };

    public Action<ProbeActor, Exception> Faulting { get; init; } = (_, _) => { };

    public ActorCell<string> Cell => Context;

    protected internal override void OnStart()
    {
        Log.Add("start");
        Starting(this);
    }

    protected internal override void Receive(in string message)
    {
        Log.Add(message);
        OnMessage(this, message);
    }

    protected internal override bool Work() => OnWork(this);

    protected internal override void OnStop()
    {
        Log.Add("stop");
        Stopping(this);
    }

    protected internal override void OnDropped(in string message)
    {
        Log.Add($"dropped {message}");
        Dropping(message);
    }

    protected internal override void OnFault(Exception exception)
    {
        Log.Add($"fault {exception.Message}");
        Faulting(this, exception);
    }
}
