using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QueryStream.TestKit;

namespace QueryStream.Certificates.Tests;

/// <summary>What the command makes.</summary>
public sealed class IssueTests : CertificateFolder
{
    private readonly ManualTime _time = new();

    [Fact]
    public void An_authority_and_a_certificate_for_clients_and_servers_are_made()
    {
        CertificateFiles files = Files("new");
        IssuedCertificates issued = Issue(files, _time, 100, "worker-1", "10.0.0.7", "::1");

        Assert.True(issued.HasNewAuthority);
        Assert.Equal(_time.GetUtcNow().AddDays(100), issued.ValidUntil);
        using ClusterCertificates certificates = ClusterCertificates.Load(files, _time);
        Assert.Equal(issued.ValidUntil, certificates.ValidUntil);
        Assert.True(certificates.Own!.HasPrivateKey);
        X509SubjectAlternativeNameExtension names = certificates.Own!.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost", "worker-1"], names.EnumerateDnsNames());
        Assert.Equal(
            ["10.0.0.7", "127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(address => address.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            certificates.Own!.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages
                .Cast<Oid>().Select(use => use.Value));
        Assert.False(certificates.Own!.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void Only_the_owner_may_read_the_private_keys()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        CertificateFiles files = Files("new");
        Issue(files, _time);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.AuthorityKey));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.NodeKey));
        Assert.False(ClusterCertificates.IsReadableByOthers(files.NodeKey));
        Assert.True(ClusterCertificates.IsReadableByOthers(files.Node));
    }

    [Fact]
    public void What_is_there_is_not_replaced()
    {
        CertificateFiles files = Files("twice");
        Issue(files, _time);
        string[] before = Contents(files);
        Assert.Contains($"{files.Node} exists already", Problem(files), StringComparison.Ordinal);
        File.Delete(files.Node);
        Assert.Contains($"{files.NodeKey} exists already", Problem(files), StringComparison.Ordinal);
        File.Delete(files.NodeKey);

        Assert.False(Issue(files, _time).HasNewAuthority);
        Assert.Equal(before[..2], Contents(files)[..2]);
        Assert.NotEqual(before[2..], Contents(files)[2..]);
        ClusterCertificates.Load(files, _time).Dispose();
    }

    [Fact]
    public void Half_an_authority_is_refused_and_nothing_is_left_behind()
    {
        CertificateFiles files = Files("half");
        Issue(files, _time);
        Array.ForEach([files.AuthorityKey, files.Node, files.NodeKey], File.Delete);
        Assert.Contains($"{files.AuthorityKey} does not", Problem(files), StringComparison.Ordinal);
        File.Move(files.Authority, files.AuthorityKey);
        Assert.Contains($"{files.Authority} does not", Problem(files), StringComparison.Ordinal);
        Assert.Equal([files.AuthorityKey], Directory.GetFiles(files.Directory));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_told_and_nothing_is_left_behind()
    {
        CertificateFiles files = Files("file");
        File.WriteAllText(files.Directory, "");
        Assert.StartsWith($"The certificates cannot be written to {files.Directory}: ", Problem(files), StringComparison.Ordinal);

        CertificateFiles blocked = Files("blocked");
        Directory.CreateDirectory(blocked.Node);
        Assert.StartsWith($"The certificates cannot be written to {blocked.Directory}: ", Problem(blocked), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(blocked.Directory));
    }

    [Fact]
    public void A_certificate_ends_with_its_authority_and_an_authority_that_has_expired_signs_nothing()
    {
        CertificateFiles files = Files("old");
        Issue(files, _time);
        DateTimeOffset end = _time.GetUtcNow().AddDays(CertificateOrder.MaxDays);
        _time.Advance(TimeSpan.FromDays(CertificateOrder.MaxDays - 10));
        Array.ForEach([files.Node, files.NodeKey], File.Delete);
        Assert.Equal(end, Issue(files, _time).ValidUntil);

        _time.Advance(TimeSpan.FromDays(11));
        Array.ForEach([files.Node, files.NodeKey], File.Delete);
        Assert.Contains("has expired (2044-12-27", Problem(files), StringComparison.Ordinal);
    }

    private string Problem(CertificateFiles files) => Assert.Throws<CertificateException>(() => Issue(files, _time)).Message;

    private static string[] Contents(CertificateFiles files) =>
        [.. new[] { files.Authority, files.AuthorityKey, files.Node, files.NodeKey }.Select(File.ReadAllText)];
}
