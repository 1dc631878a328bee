using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Strangers;

/// <summary>What <see cref="NodeLogger"/> needs, since Akka creates it.</summary>
/// <param name="loggers">Where to log.</param>
/// <param name="strangers">Where to report connections that fail.</param>
internal sealed class NodeLogSetup(ILoggerFactory loggers, StrangerLog strangers) : Setup
{
    public ILoggerFactory Loggers => loggers;

    public StrangerLog Strangers => strangers;
}
