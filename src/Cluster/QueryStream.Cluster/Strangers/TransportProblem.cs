using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;

namespace QueryStream.Cluster.Strangers;

/// <summary>What Akka's transport says about a connection that fails, and with whom it was.</summary>
/// <param name="Remote">The address of the other end.</param>
/// <param name="Kind">Each kind of problem is logged once.</param>
/// <param name="Text">What is wrong, as a part of a sentence.</param>
internal sealed record TransportProblem(string Remote, string Kind, string Text)
{
    private const string Transport = "Akka.Remote.Transport";

    // Akka's classes for what arrives on a connection and for its end, which are its own.
    private const string Receiver = "EndpointWriter";
    private const string Disassociated = "EndpointDisassociatedException";

    // A stranger decides how long some of them are.
    private const int MaxText = 160;

    /// <summary>Whether it is to be told, and not the end of a connection as it comes with any process that dies, or is told elsewhere.</summary>
    public bool IsNews { get; private init; } = true;

    /// <summary>Reads an entry of Akka's log; null: it is about something else.</summary>
    public static TransportProblem? Of(LogEvent entry)
    {
        object[] parameters = entry.Message is LogMessage message ? [.. message.Parameters()] : [];
        if (entry.LogClass.Name == Receiver && parameters is [_, IActorRef, Address recipient, ..])
        {
            return New(RemoteOf(entry.LogSource), Receiver, $"it sends messages to {recipient}, and that is not this process");
        }

        Exception[] causes = [.. CausesOf(entry.Cause)];
        if (causes.Any(one => one is AkkaProtocolException))
        {
            return New(RemoteOf(entry.LogSource), nameof(AkkaProtocolException), "what it sends is no message of a cluster");
        }

        if (causes.Any(one => one.GetType().Name == Disassociated))
        {
            return New(RemoteOf(entry.LogSource), Disassociated, "it was closed") with { IsNews = false };
        }

        return entry.LogClass.Namespace?.StartsWith(Transport, StringComparison.Ordinal) == true && causes.Length == 0
            ? New(RemoteOf(entry.LogSource), "silence", "it does not answer as a process of a cluster does, or not in time")
            : null;
    }

    /// <summary>The address of the other end, in one form: Akka writes <c>ssl.tcp://NAME@HOST:PORT</c>, sockets <c>[::ffff:1.2.3.4]:5</c>.</summary>
    public static string Plain(string remote) => remote[(remote.LastIndexOf('@') + 1)..].Replace("[::ffff:", "", StringComparison.Ordinal)
        .Replace("]", "", StringComparison.Ordinal);

    private static TransportProblem New(string remote, string kind, string text)
    {
        string line = text.Split('\n', 2)[0];
        return new TransportProblem(Plain(remote), kind, line.Length <= MaxText ? line : $"{line.AsSpan(0, MaxText)}...");
    }

    // The last segment of an actor's path, or the one before: .../akkaProtocol-tcp%3A%2F%2Fquerystream%40%5B%3A%3Affff%3A127.0.0.1%5D%3A33834-1
    private static string RemoteOf(string source)
    {
        string text = Uri.UnescapeDataString(source);
        string last = text[(text.LastIndexOf('@') + 1)..].Split('/')[0];
        int dash = last.LastIndexOf('-');
        return dash < 0 ? last : last[..dash];
    }

    private static IEnumerable<Exception> CausesOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }
}
