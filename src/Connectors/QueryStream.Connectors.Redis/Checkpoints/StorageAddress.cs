namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>
/// The address of a storage of checkpoints: an address of Redis with the name of a cluster behind the database,
/// <c>redis://HOST:PORT[/DATABASE][/CLUSTER]</c>. The checkpoints of each cluster have an epoch of their own, so clusters may share a server.
/// </summary>
/// <param name="Server">The server and its database.</param>
/// <param name="Cluster">The name of the cluster.</param>
internal sealed record StorageAddress(RedisAddress Server, string Cluster)
{
    private const string SchemeEnd = "://";

    /// <summary>Parses an address.</summary>
    /// <param name="text">The address. A single part behind the host is the database if it is a number, else the cluster.</param>
    /// <param name="cluster">The cluster of an address that names none.</param>
    /// <exception cref="FormatException">The text is not an address. The message shows no password.</exception>
    public static StorageAddress Parse(string text, string cluster)
    {
        (string path, string files) = SplitFiles(text);
        path = path.TrimEnd('/');
        int scheme = path.IndexOf(SchemeEnd, StringComparison.Ordinal);
        int host = scheme < 0 ? 0 : scheme + SchemeEnd.Length;
        int slash = path.IndexOf('/', host);
        int last = path.LastIndexOf('/');

        // A host or a password is still to come behind ':', '@' or ','. The address of the server is then wrong, and its error hides a password.
        bool namesCluster = slash >= 0 && path.AsSpan(last + 1).IndexOfAny(":@,") < 0
            && (last > slash || path.AsSpan(last + 1).ContainsAnyExceptInRange('0', '9'));
        return namesCluster
            ? new StorageAddress(RedisAddress.Parse(path[..last] + files), Uri.UnescapeDataString(path[(last + 1)..]))
            : new StorageAddress(RedisAddress.Parse(path + files), cluster);
    }

    /// <summary>The address with its scheme and cluster, which <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        (string server, string files) = SplitFiles(Server.ToString());
        string scheme = server.Contains(SchemeEnd, StringComparison.Ordinal) ? "" : "redis://";
        string database = Server.Database == 0 && !Cluster.AsSpan().ContainsAnyExceptInRange('0', '9') ? "/0" : "";
        return $"{scheme}{server}{database}/{Uri.EscapeDataString(Cluster)}{files}";
    }

    private static (string Path, string Files) SplitFiles(string text)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? (text, "") : (text[..query], text[query..]);
    }
}
