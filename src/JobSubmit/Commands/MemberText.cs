using QueryStream.Cluster.Management;

namespace QueryStream.JobSubmit.Commands;

/// <summary>The members of a cluster in the layout of Petabridge.Cmd.</summary>
internal static class MemberText
{
    /// <summary>Writes a line for each member, then their number.</summary>
    public static void Write(TextWriter output, ClusterView view)
    {
        HashSet<string> unreachable = [.. view.Unreachable.Select(member => member.Node)];
        foreach (MemberView member in view.Members)
        {
            string reachability = unreachable.Contains(member.Node) ? " unreachable" : "";
            output.WriteLine($"{member.Node} | [{string.Join(", ", member.Roles)}] | {member.Status.ToLowerInvariant()} |{reachability}");
        }

        output.WriteLine($"Count: {view.Members.Count} nodes");
    }
}
