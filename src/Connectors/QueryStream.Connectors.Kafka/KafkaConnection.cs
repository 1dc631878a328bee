using System.Globalization;
using System.Text;

namespace QueryStream.Connectors.Kafka;

/// <summary>Identifies a cluster, a consumer group and client properties. Equal connections share their clients.</summary>
public sealed class KafkaConnection : IEquatable<KafkaConnection>
{
    private readonly string _identity;

    /// <summary>Creates a connection; nothing is opened.</summary>
    /// <param name="bootstrapServers"><c>HOST:PORT</c>, several separated by commas.</param>
    /// <param name="groupId">The consumer group whose offsets are read and committed; empty: none.</param>
    /// <param name="properties">Properties of librdkafka that override the connector's own.</param>
    public KafkaConnection(string bootstrapServers, string groupId, IReadOnlyDictionary<string, string> properties)
    {
        BootstrapServers = bootstrapServers;
        GroupId = groupId;
        Properties = properties;
        StringBuilder identity = new();
        identity.Append(bootstrapServers).Append('\n').Append(groupId);
        foreach ((string name, string value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            identity.Append('\n').Append(name).Append('=').Append(value);
        }

        _identity = identity.ToString();
    }

    /// <summary><c>HOST:PORT</c>, several separated by commas.</summary>
    public string BootstrapServers { get; }

    /// <summary>The consumer group; empty: none.</summary>
    public string GroupId { get; }

    /// <summary>Properties of librdkafka that override the connector's own.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>Whether a text is <c>HOST:PORT</c>, or several separated by commas.</summary>
    public static bool IsAddress(string bootstrapServers) => Array.TrueForAll(bootstrapServers.Split(','), server =>
    {
        int colon = server.LastIndexOf(':');
        return colon > 0
            && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is >= 1 and <= 65_535;
    });

    /// <inheritdoc/>
    public bool Equals(KafkaConnection? other) => other is not null && other._identity == _identity;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KafkaConnection);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_identity);

    /// <summary>The address and the group. Properties are left out, since they may contain passwords.</summary>
    public override string ToString() => GroupId.Length == 0 ? BootstrapServers : $"{BootstrapServers} as {GroupId}";
}
