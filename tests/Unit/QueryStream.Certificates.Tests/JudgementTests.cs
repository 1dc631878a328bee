using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using QueryStream.TestKit;

namespace QueryStream.Certificates.Tests;

/// <summary>Which certificates a process may have, and which ones it accepts.</summary>
public sealed class JudgementTests : CertificateFolder
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("ca.crt")]
    [InlineData("node.crt")]
    [InlineData("node.key")]
    public void A_missing_file_is_named(string name)
    {
        CertificateFiles files = New("missing");
        string path = Path.Combine(files.Directory, name);
        File.Delete(path);
        Assert.Equal($"{path} does not exist.", Problem(files));
    }

    [Fact]
    public void A_directory_that_does_not_exist_is_named()
    {
        CertificateFiles files = Files("nowhere");
        Assert.Equal($"{files.Authority} does not exist.", Problem(files));
    }

    [Theory]
    [InlineData("ca.crt", "holds no certificate in PEM")]
    [InlineData("node.crt", "holds no certificate in PEM")]
    [InlineData("node.key", "holds no unencrypted private key of the certificate")]
    public void A_damaged_file_is_named(string name, string problem)
    {
        CertificateFiles files = New("damaged");
        string path = Path.Combine(files.Directory, name);
        foreach (string text in (string[])["", "\0\u00ff", "-----BEGIN CERTIFICATE-----\nMIIB", File.ReadAllText(path)[..^60]])
        {
            File.WriteAllText(path, text);
            string found = Problem(files);
            Assert.StartsWith(path, found, StringComparison.Ordinal);
            Assert.Contains(problem, found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        CertificateFiles files = New("one");
        File.Copy(New("other").NodeKey, files.NodeKey, overwrite: true);
        Assert.Contains("the two files are of different certificates", Problem(files), StringComparison.Ordinal);
    }

    private ClusterCertificates Client(CertificateFiles files) => ClusterCertificates.LoadForClient(files, _time);

    [Fact]
    public void A_certificate_of_another_authority_is_refused()
    {
        CertificateFiles files = New("one");
        CertificateFiles other = New("other");
        using ClusterCertificates certificates = ClusterCertificates.Load(other, _time);
        File.Copy(other.Authority, files.Authority, overwrite: true);
        Assert.Contains("is not signed by the cluster's authority", Problem(files), StringComparison.Ordinal);

        using X509Certificate2 shown = X509CertificateLoader.LoadCertificateFromFile(files.Node);
        Assert.Contains("is not signed by the cluster's authority", certificates.ReasonToRefuse(shown), StringComparison.Ordinal);
        Assert.Null(certificates.ReasonToRefuse(certificates.Own));
        Assert.Equal("it shows no certificate", certificates.ReasonToRefuse(null));
    }

    [Fact]
    public void A_certificate_is_refused_before_and_after_its_time()
    {
        CertificateFiles files = New("one");
        using ClusterCertificates certificates = ClusterCertificates.Load(files, _time);
        Assert.Contains("clocks may differ", Refused(files, -1), StringComparison.Ordinal);
        Assert.Contains("has expired (2025-04-11 00:00:00Z)", Refused(files, 101), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromDays(101));
        Assert.Contains("has expired", certificates.ReasonToRefuse(certificates.Own), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_needs_the_authority_only_and_half_a_certificate_is_an_error()
    {
        CertificateFiles files = New("one");
        using ClusterCertificates certificates = ClusterCertificates.Load(files, _time);
        File.Delete(files.Node);
        Assert.Contains("node.crt does not exist", Assert.Throws<CertificateException>(() => Client(files)).Message, StringComparison.Ordinal);
        File.Delete(files.NodeKey);
        using ClusterCertificates client = Client(files);
        Assert.Null(client.Own);
        Assert.Null(client.ReasonToRefuse(certificates.Own));
        File.Delete(files.Authority);
        Assert.Contains("ca.crt does not exist", Assert.Throws<CertificateException>(() => Client(files)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void While_one_authority_takes_over_from_another_both_are_known()
    {
        CertificateFiles old = New("old");
        CertificateFiles next = New("next");
        File.AppendAllText(old.Authority, File.ReadAllText(next.Authority));
        using ClusterCertificates both = ClusterCertificates.Load(old, _time);
        using ClusterCertificates one = ClusterCertificates.Load(next, _time);
        Assert.Null(both.ReasonToRefuse(one.Own));
        Assert.NotNull(one.ReasonToRefuse(both.Own));
    }

    [Fact]
    public void A_certificate_for_servers_only_and_one_that_signs_itself_are_refused()
    {
        CertificateFiles files = New("one");
        using ClusterCertificates certificates = ClusterCertificates.Load(files, _time);
        using X509Certificate2 authority = X509Certificate2.CreateFromPemFile(files.Authority, files.AuthorityKey);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: true));
        DateTimeOffset now = _time.GetUtcNow();
        using X509Certificate2 server = request.Create(authority, now, now.AddDays(1), [1]);
        using X509Certificate2 own = request.CreateSelfSigned(now, now.AddDays(1));
        Assert.Contains("is not for both servers and clients", certificates.ReasonToRefuse(server), StringComparison.Ordinal);
        Assert.Contains("is not signed by the cluster's authority", certificates.ReasonToRefuse(own), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_a_stranger_has_chosen_stays_in_its_line()
    {
        using ClusterCertificates certificates = ClusterCertificates.Load(New("one"), _time);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedNameBuilder name = new();
        name.AddCommonName("x\r\n12:00:00.000 INFO  all is well \u001b[2J" + new string('y', 30));
        name.AddOrganizationName(new string('z', 60));
        CertificateRequest request = new(name.Build(), key, HashAlgorithmName.SHA256);
        using X509Certificate2 shown = request.CreateSelfSigned(_time.GetUtcNow(), _time.GetUtcNow().AddDays(1));
        string reason = certificates.ReasonToRefuse(shown)!;
        Assert.DoesNotContain(reason, char.IsControl);
        Assert.True(reason.Length < 250, reason);
    }

    private CertificateFiles New(string name)
    {
        CertificateFiles files = Files(name);
        Issue(files, _time);
        return files;
    }

    private string Problem(CertificateFiles files) => Assert.Throws<CertificateException>(() => ClusterCertificates.Load(files, _time)).Message;

    private static string Refused(CertificateFiles files, int afterDays)
    {
        ManualTime time = new(ManualTime.DefaultStart.AddDays(afterDays));
        return Assert.Throws<CertificateException>(() => ClusterCertificates.Load(files, time)).Message;
    }
}
