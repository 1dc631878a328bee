using System.Text.RegularExpressions;

namespace QueryStream.Runtime.Tests.Rows;

/// <summary>What errors say of where a row comes from.</summary>
internal static class Places
{
    /// <summary>Behind an exchange: the record where the row came alone, else who sent it, the records that it may be of, and what is in it.</summary>
    public static void AssertRow(string? position, string record, string sender, string origin, string row)
    {
        Assert.NotNull(position);
        if (position != $"at {record}")
        {
            Assert.True(Regex.IsMatch(position, $"^at a row from {Regex.Escape(sender)}, made of offsets? .*{Regex.Escape(origin)}.*: {Regex.Escape(row)}$"), position);
        }
    }
}
