using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>The other end of a channel, which remembers what it was told.</summary>
internal sealed class MessageLog : ActorRef<TaskMessage>
{
    public override string Name => "log";

    public override Task Stopped => Task.CompletedTask;

    public List<TaskMessage> Messages { get; } = [];

    public override void Tell(in TaskMessage message) => Messages.Add(message);

    /// <summary>What came since the last call.</summary>
    public List<TaskMessage> Take()
    {
        List<TaskMessage> messages = [.. Messages];
        Messages.Clear();
        return messages;
    }
}
