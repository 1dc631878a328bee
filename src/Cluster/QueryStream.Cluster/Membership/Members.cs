using Akka.Actor;
using Akka.Cluster;

namespace QueryStream.Cluster.Membership;

/// <summary>
/// The members of the cluster as this process sees them, and what the downing policy says about the silent ones. Used by one actor.
/// </summary>
/// <param name="self">The address of this process.</param>
internal sealed class Members(Address self)
{
    private readonly Dictionary<Address, Member> _members = [];
    private readonly HashSet<Address> _unreachable = [];

    /// <summary>The coordinator that leads: the oldest one. Null while none is up.</summary>
    public Address? Leader => Oldest(_members.Values.Where(member => member.HasRole(NodeRole.Coordinator.AkkaName())))?.Address;

    public bool Contains(Address address) => _members.ContainsKey(address);

    /// <summary>Whether the process at an address is a member that is neither leaving nor downed, so that its end is unexpected.</summary>
    public bool Stays(Address address) => _members.TryGetValue(address, out Member? member) && Stays(member);

    public bool IsUnreachable(Address address) => _unreachable.Contains(address);

    public void Set(Member member)
    {
        _members[member.Address] = member;
        if (member.Status is MemberStatus.Removed)
        {
            _members.Remove(member.Address);
            _unreachable.Remove(member.Address);
        }
    }

    public void SetReachable(Address address, bool isReachable)
    {
        _ = isReachable ? _unreachable.Remove(address) : _unreachable.Add(address);
    }

    /// <summary>
    /// Whether this process decides about a member that is silent: the leader about workers and standbys; about the leader the first of the others,
    /// by address, if most of the others can be reached. So of two parts of a cluster one goes on, and a worker that is alone waits for the leader.
    /// Members that join count too: a worker that has not yet seen the others come up must not take itself for the majority. Where no member is
    /// up, the first that joins decides, since the leader that would have let it in may be dead.
    /// </summary>
    public bool DecidesOn(Address silent)
    {
        if (silent == self)
        {
            return false;
        }

        Address? leader = Leader;
        if (leader is not null && leader != silent && !_unreachable.Contains(leader))
        {
            return leader == self;
        }

        Member[] others = [.. _members.Values.Where(member => Stays(member) && member.Address != leader)];
        Member[] reachable = [.. others.Where(member => !_unreachable.Contains(member.Address))];
        Member? first = reachable.OrderByDescending(static member => member.Status == MemberStatus.Up)
            .ThenBy(static member => member.Address, Member.AddressOrdering).FirstOrDefault();
        return 2 * reachable.Length > others.Length && first?.Address == self;
    }

    private static bool Stays(Member member) => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up;

    /// <summary>The oldest of some members, among those that are up; null: none is.</summary>
    public static Member? Oldest(IEnumerable<Member> members) => members
        .Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving)
        .Aggregate((Member?)null, static (oldest, member) => oldest is null || member.IsOlderThan(oldest) ? member : oldest);
}
